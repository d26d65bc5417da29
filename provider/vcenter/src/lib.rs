//! A typed client of the vCenter REST API for Supervisors and vSphere Namespaces.
