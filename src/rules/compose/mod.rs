//! Rules on Compose files as such: their keys and their form.
