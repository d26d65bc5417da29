# One of everything that carries a mark in NSX. It was made under this owner, forgotten, and imported
# again, and nothing was applied since.

provider "supervisor" {
  owner = "fixtures/b28bd96"

  lab = {
    state_file = "supervisor-lab.sqlite"
  }
}

data "supervisor_compute_cluster" "bank" {
  name = "compute-2"
}

data "supervisor_distributed_switch" "bank" {
  name = "banking-vds"
}

data "supervisor_network" "management" {
  name       = "management"
  datacenter = "dc-1"
}

data "supervisor_storage_policy" "fast" {
  name = "gold"
}

data "supervisor_nsx_edge_cluster" "bank" {
  name = "edge-1"
}

data "supervisor_nsx_tier0_gateway" "bank" {
  name = "tier0-a"
}

data "supervisor_nsx_transport_zone" "overlay" {
  name = "overlay-tz"
}

resource "supervisor_cluster" "bank" {
  cluster = data.supervisor_compute_cluster.bank.id

  management_network = {
    network          = data.supervisor_network.management.id
    starting_address = "10.10.0.50"
    subnet_mask      = "255.255.255.0"
    gateway          = "10.10.0.1"
    dns_servers      = ["10.10.0.2"]
    ntp_servers      = ["10.10.0.4"]
  }

  workload_network = {
    nsx = {
      distributed_switch = data.supervisor_distributed_switch.bank.uuid
      edge_cluster       = data.supervisor_nsx_edge_cluster.bank.id
      tier0_gateway      = data.supervisor_nsx_tier0_gateway.bank.path
      pod_cidrs          = ["10.244.0.0/20"]
      ingress_cidrs      = ["192.168.20.64/27"]
      egress_cidrs       = ["192.168.30.64/27"]
    }
  }

  service_cidr   = "10.96.0.0/22"
  storage_policy = data.supervisor_storage_policy.fast.id
}

resource "supervisor_vsphere_namespace" "banking" {
  name        = "banking"
  cluster     = supervisor_cluster.bank.cluster
  description = "Accounts and payments"

  access = [{ subject = "devs@vsphere.local", subject_type = "GROUP", role = "EDIT" }]

  isolation = {
    mode  = "baseline"
    allow = [{ name = "dns", preset = "dns" }]
  }
}

resource "supervisor_namespace_network_policy" "attributes" {
  namespace = supervisor_vsphere_namespace.banking.name
  name      = "web"

  pod_selector = {
    match_labels = { app = "web" }
  }

  ingress = [{
    from = [
      { pod_selector = { match_labels = { app = "gateway" } } },
      { ip_block = { cidr = "10.50.0.0/16", except = ["10.50.99.0/24"] } },
    ]
    ports = [{ port = 8443 }]
  }]
}

resource "supervisor_namespace_network_policy" "manifest" {
  manifest = file("${path.module}/gateway.yaml")

  depends_on = [supervisor_vsphere_namespace.banking]
}

resource "supervisor_namespace_load_balancer" "banking" {
  name      = "banking"
  namespace = supervisor_vsphere_namespace.banking.name

  tier0_path        = data.supervisor_nsx_tier0_gateway.bank.path
  edge_cluster_path = data.supervisor_nsx_edge_cluster.bank.path
  address           = "192.168.40.10"

  ports = [{ name = "https", port = 443, target_port = 8443 }]

  monitor = {
    http_path = "/healthz"
  }
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
