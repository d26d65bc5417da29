//! A strict simulation of vCenter, NSX and NCP that fits in a process.
