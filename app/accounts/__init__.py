"""Organizations, users, roles, sign-in (団体・利用者・ログイン)."""
