# For a try on the lab; the page of this data source shows data-source.tf alone.
terraform {
  required_providers {
    supervisor = {
      source = "vsphere-supervisor/supervisor"
    }
  }
}

provider "supervisor" {
  lab = {}
}

data "supervisor_nsx_transport_zone" "overlay" {
  name = "overlay-tz"
}

resource "supervisor_nsx_segment" "vms" {
  display_name        = "bank-vms"
  transport_zone_path = data.supervisor_nsx_transport_zone.overlay.path
}
