"""The web application: server-rendered pages and the API that does everything they can do."""
