//! A typed client of the NSX Policy API.
