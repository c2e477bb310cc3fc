"""Words for files (ファイルの表示): verdicts and sizes."""

from app.files.models import StoredFile, Verdict

VERDICT_LABELS = {
    Verdict.WAITING: "検査中",
    Verdict.CLEAN: "検査済み",
    Verdict.INFECTED: "ブロック",
    Verdict.FAILED: "検査不能",
}
VERDICT_TONES = {
    Verdict.WAITING: "wait",
    Verdict.CLEAN: "done",
    Verdict.INFECTED: "late",
    Verdict.FAILED: "late",
}
# Why a file is not handed out, and what to do.
NOT_SERVED = {
    Verdict.WAITING: "ウイルス検査が終わっていないため、まだ開けません。"
    "数分後に開き直してください。",
    Verdict.INFECTED: "ウイルス検査で問題が見つかったため、開けません。"
    "元のファイルを調べてください。",
    Verdict.FAILED: "ウイルス検査ができなかったため、開けません。"
    "ファイルを作り直して差し替えてください。",
}
NOT_SCANNED = "ウイルス検査なし"
# What nobody looked through is not painted as if somebody had.
NOT_SCANNED_TONE = "plain"
KB, MB = 1 << 10, 1 << 20


def verdict_label(stored: StoredFile) -> str:
    """Word for what the scanner said; where none is set up, that nothing was scanned."""
    if stored.verdict is Verdict.CLEAN and stored.scan_note == NOT_SCANNED:
        return NOT_SCANNED
    return VERDICT_LABELS[stored.verdict]


def verdict_tone(stored: StoredFile) -> str:
    """Look of the word for what the scanner said (見た目)."""
    is_unscanned = verdict_label(stored) == NOT_SCANNED
    return NOT_SCANNED_TONE if is_unscanned else VERDICT_TONES[stored.verdict]


def size_words(size_bytes: int) -> str:
    """Size as people know it: 340KB, 1.2MB (1MB = 1,048,576 bytes), never rounded down to 0."""
    if size_bytes < KB:
        return f"{size_bytes}バイト"
    if size_bytes < MB:
        return f"{-(-size_bytes // KB)}KB"
    return f"{-(-size_bytes * 10 // MB) / 10:.1f}MB"
