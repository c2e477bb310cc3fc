"""Forms of the accounts (ログイン・利用者・団体の入力様式)."""

from app.accounts.forms.bodies import (
    DissolveForm,
    NewBodyForm,
    RenameForm,
    TypeForm,
)
from app.accounts.forms.own_account import (
    DeviceForm,
    FactorResetDecisionForm,
    FactorResetForm,
    IdentityForm,
    OwnPasswordForm,
    ResetPasswordForm,
    SecondStepForm,
)
from app.accounts.forms.own_body import (
    AnswerForm,
    ApprovalForm,
    ClosureForm,
    CorrectionForm,
    PrivacyForm,
)
from app.accounts.forms.people import (
    AcceptForm,
    InviteForm,
    LastDayForm,
    NewUserForm,
    PasswordForm,
    RolesForm,
)
from app.accounts.forms.sign_in import SignInForm

__all__ = [
    "AcceptForm",
    "AnswerForm",
    "ApprovalForm",
    "ClosureForm",
    "CorrectionForm",
    "DeviceForm",
    "DissolveForm",
    "FactorResetDecisionForm",
    "FactorResetForm",
    "IdentityForm",
    "InviteForm",
    "LastDayForm",
    "NewBodyForm",
    "NewUserForm",
    "OwnPasswordForm",
    "PasswordForm",
    "PrivacyForm",
    "RenameForm",
    "ResetPasswordForm",
    "RolesForm",
    "SecondStepForm",
    "SignInForm",
    "TypeForm",
]
