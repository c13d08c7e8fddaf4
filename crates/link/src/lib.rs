//! The frames between host and board, and the host side of the link: one definition for RTL, runtime and tests.
