"""The screens as another person sees them (代理閲覧): which of them, and what of them."""
