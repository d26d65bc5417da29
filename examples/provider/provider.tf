terraform {
  required_providers {
    supervisor = {
      source = "vsphere-supervisor/supervisor"
    }
  }
}

# Everything against the simulated vCenter and NSX that come with the provider. Against real ones
# write this instead; passwords are best left to VSPHERE_PASSWORD and NSXT_PASSWORD:
#
#   owner   = "bank/network/prod"
#   vcenter = { server = "vcenter.example.com", username = "terraform@vsphere.local" }
#   nsx     = { server = "nsx.example.com", username = "terraform", ca_file = "nsx-ca.pem" }
provider "supervisor" {
  lab = {}
}

data "supervisor_compute_cluster" "bank" {
  name = "compute-2"
}

output "supervisor_is_possible" {
  value = data.supervisor_compute_cluster.bank.compatible
}
