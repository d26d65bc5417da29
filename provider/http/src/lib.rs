//! HTTP with sessions, retries and pacing, as vCenter and NSX want it.
