"""Words for what is done with accounts (操作の言葉), on the page of the trail."""

ACCOUNT_WORDS = {
    "user.sign_in": "ログインしました",
    "user.sign_in_failed": "ログインに失敗しました",
    "user.second_step_failed": "確認コードを間違えました",
    "user.sign_out": "ログアウトしました",
    "user.set_password": "利用者のパスワードを変えました",
    "user.change_own_password": "自分のパスワードを変えました",
    "user.make_reset_link": "パスワードの再設定のリンクを作りました",
    "user.mail_reset_link": "パスワードの再設定のリンクを、本人のアドレスに送ることにしました",
    "user.use_reset_link": "再設定のリンクで、パスワードを変えました",
    "user.begin_second_factor": "認証アプリの登録を始めました",
    "user.set_second_factor": "認証アプリを登録しました",
    "user.remove_second_factor": "二要素認証をやめました",
    "user.reset_second_factor": "コマンドで二要素認証を解除しました",
    "user.use_recovery_code": "回復コードを使いました",
    "user.renew_recovery_codes": "回復コードを作り直しました",
    "user.end_session": "1つの端末のログインを終わらせました",
    "user.end_sessions": "すべての端末のログインを終わらせました",
    "second_factor.reseal": "二要素認証の秘密を、新しい鍵で封じ直しました",
    "factor_reset.ask": "二要素認証の解除を依頼しました",
    "factor_reset.decide": "二要素認証の解除の依頼に答えました",
}
