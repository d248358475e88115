"""Interview kits: competencies, anchors, indicators, questions. Pure: model and lint, no files."""
