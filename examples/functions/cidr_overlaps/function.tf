variable "pod_cidr" {
  type    = string
  default = "10.244.0.0/20"
}

variable "service_cidr" {
  type    = string
  default = "10.96.0.0/22"

  validation {
    condition     = !provider::supervisor::cidr_overlaps(var.pod_cidr, var.service_cidr)
    error_message = "Pods and services must not share addresses."
  }
}
