"""HTTP beside the screens: sign-in, the programs' API and security headers, as Starlette routes."""
