"""Scheduling: appointments, interviewers and their calendars, around the engine in `calendar_sync`."""
