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

  deletion_protection = false
}

resource "supervisor_vsphere_namespace" "banking" {
  name    = "banking"
  cluster = supervisor_cluster.bank.cluster

  isolation = {
    mode = "baseline"

    # What NCP opens for the platform itself: probes from its nodes, and the way to its services.
    accept = [
      "/infra/domains/*/security-policies/*-allow-node",
      "/infra/domains/*/security-policies/*-baseline/rules/system-out",
    ]
  }

  deletion_protection = false
}
