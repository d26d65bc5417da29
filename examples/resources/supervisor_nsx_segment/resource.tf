data "supervisor_nsx_transport_zone" "overlay" {
  name = "overlay-tz"
}

data "supervisor_nsx_tier0_gateway" "bank" {
  name = "tier0-a"
}

resource "supervisor_nsx_segment" "vms" {
  display_name        = "bank-vms"
  transport_zone_path = data.supervisor_nsx_transport_zone.overlay.path
  connectivity_path   = data.supervisor_nsx_tier0_gateway.bank.path

  subnets = [{
    gateway     = "10.20.0.1/24"
    dhcp_ranges = ["10.20.0.100-10.20.0.199"]

    dhcp = {
      server_address = "10.20.0.2/24"
      dns_servers    = ["10.10.0.2"]
    }
  }]

  tags = [{ scope = "team", tag = "platform" }]
}
