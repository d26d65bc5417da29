import {
  to = supervisor_nsx_segment.vms
  identity = {
    path = "/infra/segments/bank-vms-rmimg4r67q"
  }
}
