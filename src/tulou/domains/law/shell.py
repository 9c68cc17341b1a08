"""What the law room brings to the shell: its actions and who has them."""

from tulou.kernel.permissions import extend_role, register_action

register_action("law.maintain", "维护法规依据、办理期限和节假日通知", by_system=True)
extend_role("administrator", "law.maintain")
