# For a try on the lab; the page of this resource shows resource.tf alone.
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

# What an import finds: a segment for each namespace, and one of the office.
data "supervisor_nsx_transport_zone" "overlay" {
  name = "overlay-tz"
}

resource "supervisor_nsx_segment" "of_namespaces" {
  for_each = toset(["banking", "trading", "risk"])

  display_name        = each.key
  transport_zone_path = data.supervisor_nsx_transport_zone.overlay.path

  subnets = [{
    gateway = join("/", [
      supervisor_namespace_subnets.bank.gateways[each.key],
      split("/", supervisor_namespace_subnets.bank.subnets[each.key])[1],
    ])
  }]
}

resource "supervisor_nsx_segment" "office" {
  display_name        = "Office LAN"
  transport_zone_path = data.supervisor_nsx_transport_zone.overlay.path
  subnets             = [{ gateway = "10.244.15.1/24" }]
}
