"""The web host: pages, the HTTP interface, health, metrics and, in the demo, the sandbox."""
