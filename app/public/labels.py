"""Words of the public part (公表の言葉)."""

from app.proposals.models import PublicationStatus, PublicState

PUBLIC_STATE_LABELS: dict[PublicState, str] = {
    PublicState.UNDER_REVIEW: "検討中",
    PublicState.ANSWERED: "回答済み",
    PublicState.CANDIDATE: "対象候補",
    PublicState.CLOSED: "終了",
}
PUBLIC_STATE_TONES: dict[PublicState, str] = {
    PublicState.UNDER_REVIEW: "work",
    PublicState.ANSWERED: "done",
    PublicState.CANDIDATE: "done",
    PublicState.CLOSED: "plain",
}
PUBLICATION_STATUS_LABELS: dict[PublicationStatus, str] = {
    PublicationStatus.PREPARED: "公表待ち",
    PublicationStatus.PUBLISHED: "公表",
    PublicationStatus.WITHDRAWN: "公表を取りやめ",
    PublicationStatus.DISCARDED: "写しを取りやめ",
}
