"""Words for the acts on duties and sheets (所管・回答の表の操作の言葉)."""

ROUTING_WORDS: dict[str, str] = {
    "duty.add": "所管を登録しました",
    "duty.end": "所管を終えました",
    "duty.name_catch_all": "その他の宛先を決めました",
    "organization.export_reply_sheet": "回答の表を保存しました",
}
