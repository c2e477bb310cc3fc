"""The API (/api/v1/): what a person may read, for programs, with a token."""
