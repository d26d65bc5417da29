# The names are those of the lab. In a data center of your own, set them in a `.tfvars` file.

variable "datacenter" {
  description = "Datacenter in which the other names are looked up"
  type        = string
  default     = "dc-1"
}

variable "compute_cluster" {
  description = "vSphere cluster that becomes a Supervisor"
  type        = string
  default     = "compute-1"
}

variable "distributed_switch" {
  description = "VDS of the cluster's hosts, prepared for NSX"
  type        = string
  default     = "banking-vds"
}

variable "management_network" {
  description = "Port group of the control plane's management addresses"
  type        = string
  default     = "management"
}

variable "edge_cluster" {
  description = "NSX edge cluster that carries gateways and load balancers"
  type        = string
  default     = "edge-1"
}

variable "tier0_gateway" {
  description = "Tier-0 that leads out of NSX"
  type        = string
  default     = "tier0-a"
}

variable "overlay_transport_zone" {
  description = "Overlay transport zone of the VDS"
  type        = string
  default     = "overlay-tz"
}

variable "dns_servers" {
  description = "DNS servers for the control plane and for workloads"
  type        = list(string)
  default     = ["10.10.0.2", "10.10.0.3"]
}

variable "ntp_servers" {
  description = "Time servers for the control plane and for workloads"
  type        = list(string)
  default     = ["10.10.0.4"]
}

variable "deletion_protection" {
  description = "Whether plans that destroy or replace the Supervisor or a namespace are errors"
  type        = bool
  default     = true
}
