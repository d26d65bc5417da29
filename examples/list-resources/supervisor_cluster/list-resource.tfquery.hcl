# The Supervisors of the vCenter.
list "supervisor_cluster" "all" {
  provider = supervisor
}
