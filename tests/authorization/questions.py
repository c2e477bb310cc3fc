"""The questions that are asked directly (直接の確認), by the guard that each tells of."""

from tests.authorization import direct_desk, direct_inner, direct_others, direct_tokens
from tests.authorization.direct import QUESTIONS

__all__ = ["QUESTIONS", "direct_desk", "direct_inner", "direct_others", "direct_tokens"]
