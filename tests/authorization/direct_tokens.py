"""Questions to the guards of tokens and of what programs read (APIトークンの権限)."""

from app.accounts.models import ApiToken
from app.api.scope import case_within, round_within
from app.extensions import db
from app.tokens.services import revoke_token
from app.tokens.use import TokenRefused, admit
from tests.authorization.direct import Scene, is_not_found, tells_of
from tests.tokens.keys import make_key


def _make_token_as_ministry(scene: Scene) -> None:
    make_key(scene.person("ministry"))


tells_of("app.tokens.policy.authorize_make_token")(_make_token_as_ministry)
tells_of("app.tokens.policy.can_make_token")(_make_token_as_ministry)


def _revoke_token_of_others(scene: Scene) -> bool:
    token = db.session.get_one(ApiToken, scene.value("token", "token_id"))
    stranger = scene.person("other-mgr")
    return is_not_found(lambda: revoke_token(token, actor=stranger))


tells_of("app.tokens.policy.authorize_revoke_token")(_revoke_token_of_others)
tells_of("app.tokens.policy.can_revoke_token")(_revoke_token_of_others)


@tells_of("app.tokens.services._may_name_body")
def narrow_a_token_of_a_body_to_another(scene: Scene) -> bool:
    other = scene.person("other").organization
    token, _secret = make_key(scene.person("city"), body_code=other.code or "")
    return token.body_id is None


@tells_of("app.tokens.use.is_alive")
def read_with_a_token_that_was_revoked(scene: Scene) -> bool:
    owner = scene.person("officer1")
    token, secret = make_key(owner)
    revoke_token(token, actor=owner)
    try:
        admit(secret, source="192.0.2.1", free_tries=9)
    except TokenRefused:
        return True
    return False


def _for_practice_alone(scene: Scene) -> ApiToken:
    practice = scene.case("practice").round
    token, _secret = make_key(scene.person("officer1"), rounds=[practice])
    return token


@tells_of("app.api.scope.is_for_round")
def ask_for_a_round_the_token_was_not_made_for(scene: Scene) -> None:
    round_within(_for_practice_alone(scene), scene.case("submitted").round.key)


@tells_of("app.api.scope.cases_within")
def read_a_case_the_token_was_not_made_for(scene: Scene) -> bool:
    token, number = _for_practice_alone(scene), scene.case("submitted").reference
    return is_not_found(lambda: case_within(token, number))
