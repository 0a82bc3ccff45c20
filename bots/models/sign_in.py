from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.encryption import decrypt
from core.ids import new_id


class SecondFactor(models.Model):
    """An account's authenticator app; it counts once a first code has proved that it works.

    The secret is kept sealed. `last_step` is the time step of the last code: each is good for one use.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor")
    secret_sealed = models.TextField(editable=False)
    last_step = models.BigIntegerField(default=-1, editable=False)
    created_at = models.DateTimeField(_("begun"))
    confirmed_at = models.DateTimeField(_("in use since"), null=True, blank=True)

    class Meta:
        db_table = "second_factors"
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def secret(self) -> str:
        """What the app shares with us, base32. Raises Undecryptable."""
        return decrypt(self.secret_sealed)


class RecoveryCode(models.Model):
    """Stands in for the app once; only what it comes to is kept."""

    second_factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "recovery_codes"
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(fields=["second_factor", "digest"], name="recovery_codes_differ")
        ]

    def __str__(self) -> str:
        return f"a code of {self.second_factor_id}"


class SignInTry(models.Model):
    """How often somebody tried of late, and until when they have to wait. Names and addresses only as a digest."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    wait_until = models.DateTimeField()

    class Meta:
        db_table = "sign_in_tries"
        verbose_name = _("try to sign in")
        verbose_name_plural = _("tries to sign in")

    def __str__(self) -> str:
        return f"{self.count} until {self.wait_until}"


class StaffSession(models.Model):
    """A browser in which a member of staff is signed in; its id lies in the session itself.

    A row that was revoked stays for as long as the session would have lived: the next request of that browser ends it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="staff_sessions")
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    agent = models.CharField(_("browser"), max_length=300, blank=True)
    started_at = models.DateTimeField(_("signed in"))
    seen_at = models.DateTimeField(_("last seen"))
    revoked_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        db_table = "staff_sessions"
        verbose_name = _("session of staff")
        verbose_name_plural = _("sessions of staff")
        indexes = [models.Index(fields=["user", "-seen_at"], name="staff_sessions_user_seen")]

    def __str__(self) -> str:
        return f"{self.user_id} since {self.started_at}"
