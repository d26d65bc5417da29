//! Networking of vSphere Namespaces: subnets, default deny, NetworkPolicy, reachability.
