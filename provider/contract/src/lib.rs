//! The REST contract of vCenter and NSX, as data.
