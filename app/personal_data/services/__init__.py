"""Plans, holds, disposals, media (個人情報の廃棄の操作)."""
