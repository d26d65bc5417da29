# The segments that are neither NCP's nor NSX's own, and have no owner yet as well as those that have.
list "supervisor_nsx_segment" "all" {
  provider = supervisor
  limit    = 1000
}
