# EXPERIMENTAL. The bank on a Supervisor with VDS networking whose port groups are NSX segments, so
# that the distributed firewall closes each namespace. Nothing public says that vCenter supports
# port groups of NSX there, or that it refuses them: try it in a test environment first.

# The lab stands in for vCenter and NSX. Against real ones, leave `lab` out, set `owner`, and set
# VSPHERE_SERVER, VSPHERE_USER, VSPHERE_PASSWORD, NSXT_MANAGER_HOST, NSXT_USERNAME and NSXT_PASSWORD.
provider "supervisor" {
  lab = {}
}

locals {
  namespaces = toset(["banking", "trading"])
  networks   = setunion(["primary"], local.namespaces)
  prefix     = 24
}

# ---- what is there already -------------------------------------------------------------------

data "supervisor_compute_cluster" "bank" {
  name       = var.compute_cluster
  datacenter = var.datacenter
}

data "supervisor_network" "management" {
  name       = "management"
  datacenter = var.datacenter
}

data "supervisor_storage_policy" "fast" {
  name = "gold"
}

data "supervisor_nsx_tier0_gateway" "bank" {
  name = "tier0-a"
}

data "supervisor_nsx_transport_zone" "overlay" {
  name = "overlay-tz"
}

# ---- who has which subnet, and a segment for each --------------------------------------------

resource "supervisor_namespace_subnets" "bank" {
  pod_cidrs = ["10.32.0.0/20"]
  prefix    = local.prefix
  names     = setunion(["frontend"], local.networks)
}

# vCenter shows each segment as a port group, whose id the segment tells once it is realized.
resource "supervisor_nsx_segment" "bank" {
  for_each = local.networks

  display_name        = "bank-${each.key}"
  transport_zone_path = data.supervisor_nsx_transport_zone.overlay.path
  connectivity_path   = data.supervisor_nsx_tier0_gateway.bank.path

  subnets = [{
    gateway = "${supervisor_namespace_subnets.bank.gateways[each.key]}/${local.prefix}"
  }]
}

# ---- the Supervisor --------------------------------------------------------------------------

resource "supervisor_cluster" "bank" {
  cluster = data.supervisor_compute_cluster.bank.id
  size    = "SMALL"

  management_network = {
    network          = data.supervisor_network.management.id
    starting_address = "10.10.0.50"
    address_count    = 5
    subnet_mask      = "255.255.255.0"
    gateway          = "10.10.0.1"
    dns_servers      = ["10.10.0.2"]
    ntp_servers      = ["10.10.0.4"]
  }

  workload_network = {
    vsphere = {
      name           = "primary"
      port_group     = supervisor_nsx_segment.bank["primary"].port_group_id
      gateway        = supervisor_namespace_subnets.bank.gateways["primary"]
      subnet_mask    = supervisor_namespace_subnets.bank.subnet_masks["primary"]
      address_ranges = [supervisor_namespace_subnets.bank.usable_ranges["primary"]]
    }
  }

  load_balancer = {
    name           = "haproxy"
    address_ranges = [supervisor_namespace_subnets.bank.usable_ranges["frontend"]]

    haproxy = {
      servers               = ["10.10.0.20:5556"]
      username              = "supervisor"
      password_wo           = var.haproxy_password
      password_wo_version   = 1
      certificate_authority = file("${path.module}/haproxy-ca.pem")
    }
  }

  service_cidr   = "10.96.0.0/22"
  storage_policy = data.supervisor_storage_policy.fast.id

  deletion_protection = var.deletion_protection

  lifecycle {
    postcondition {
      condition     = self.config_status == "RUNNING"
      error_message = "The Supervisor is ${self.config_status}: ${join("; ", self.messages)}"
    }
  }
}

# ---- a network and a namespace each ----------------------------------------------------------

resource "supervisor_workload_network" "namespace" {
  for_each = local.namespaces

  cluster        = supervisor_cluster.bank.cluster
  name           = each.key
  port_group     = supervisor_nsx_segment.bank[each.key].port_group_id
  gateway        = supervisor_namespace_subnets.bank.gateways[each.key]
  subnet_mask    = supervisor_namespace_subnets.bank.subnet_masks[each.key]
  address_ranges = [supervisor_namespace_subnets.bank.usable_ranges[each.key]]
}

resource "supervisor_vsphere_namespace" "bank" {
  for_each = local.namespaces

  name     = each.key
  cluster  = supervisor_cluster.bank.cluster
  networks = [supervisor_workload_network.namespace[each.key].name]

  access  = [{ subject = "devs@vsphere.local", subject_type = "GROUP", role = "EDIT" }]
  storage = [{ policy = data.supervisor_storage_policy.fast.id, limit = "200Gi" }]

  # The segment is closed before the namespace exists, and opened by nothing.
  isolation = {
    mode = "baseline"
  }

  deletion_protection = var.deletion_protection
}
