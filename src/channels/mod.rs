//! One file per provider: verify, parse, encode, outcome. Pure functions over bytes.
