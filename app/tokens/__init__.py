"""API tokens (APIトークン): made and revoked by their owners, looked at with each request."""
