"""What is handed out on request (情報公開): one file, with real redaction and its list."""
