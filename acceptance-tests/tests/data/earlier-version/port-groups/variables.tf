# The names are those of the lab. In a data center of your own, set them in a `.tfvars` file.

variable "datacenter" {
  description = "Datacenter in which the other names are looked up"
  type        = string
  default     = "dc-1"
}

variable "compute_cluster" {
  description = "vSphere cluster that becomes a Supervisor"
  type        = string
  default     = "compute-without-nsx"
}

variable "haproxy_password" {
  description = "Password of the HAProxy's data plane API; it is in neither plan nor state"
  type        = string
  ephemeral   = true
  default     = "the lab takes any"
}

variable "deletion_protection" {
  description = "Whether plans that destroy or replace the Supervisor or a namespace are errors"
  type        = bool
  default     = false
}
