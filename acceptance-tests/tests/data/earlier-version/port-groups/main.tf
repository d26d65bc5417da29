# The scenario `vds-networking` of the examples: a Supervisor without NSX, with a network for each
# namespace.

provider "supervisor" {
  owner = "fixtures/b28bd96"

  lab = {
    state_file = "supervisor-lab.sqlite"
  }
}

locals {
  namespaces = toset(["banking", "trading"])
}

# ---- what is there already -------------------------------------------------------------------

data "supervisor_compute_cluster" "bank" {
  name       = var.compute_cluster
  datacenter = var.datacenter
}

data "supervisor_network" "management" {
  name       = "plain-management"
  datacenter = var.datacenter
}

# The network of the control plane and of everything that no namespace has to itself.
data "supervisor_network" "primary" {
  name       = "plain-workload"
  datacenter = var.datacenter
}

data "supervisor_network" "namespace" {
  for_each = local.namespaces

  name       = "plain-${each.key}"
  datacenter = var.datacenter
}

data "supervisor_storage_policy" "fast" {
  name = "gold"
}

# ---- who has which subnet --------------------------------------------------------------------

resource "supervisor_namespace_subnets" "bank" {
  pod_cidrs = ["10.32.0.0/20"]
  prefix    = 24
  names     = setunion(["primary", "frontend"], local.namespaces)
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
      port_group     = data.supervisor_network.primary.id
      gateway        = supervisor_namespace_subnets.bank.gateways["primary"]
      subnet_mask    = supervisor_namespace_subnets.bank.subnet_masks["primary"]
      address_ranges = [supervisor_namespace_subnets.bank.usable_ranges["primary"]]
    }
  }

  # Addresses of services that are reached from outside. The HAProxy has a leg in that subnet.
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
  port_group     = data.supervisor_network.namespace[each.key].id
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

  # Without NSX there is no distributed firewall: that has to be said, not forgotten.
  isolation = {
    mode = "none"
  }

  deletion_protection = var.deletion_protection
}
