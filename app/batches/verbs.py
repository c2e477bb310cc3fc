"""Words for the acts on batches and texts (まとめて送付・文面の操作の言葉)."""

BATCH_WORDS: dict[str, str] = {
    "handoff_batch.create": "まとめて送付を準備しました",
    "handoff_batch.change": "まとめて送付の件名・文書番号・回答期限を変えました",
    "handoff_batch.place_cases": "まとめて送付の宛先を決めました",
    "handoff_batch.remove_cases": "まとめて送付から提案を外しました",
    "handoff_batch.discard": "まとめて送付を取りやめました",
    "handoff_batch.confirm": "まとめて送付の件数を確かめました",
    "handoff_batch.release": "まとめて送付を承認しました",
    "handoff_batch.stop": "まとめて送付を送付の前に止めました",
    "handoff_batch.hold": "内容が変わったため、まとめて送付を見送りました",
    "handoff_batch.send": "まとめて送付しました",
    "request_template.write": "依頼の文面を変えました",
}
