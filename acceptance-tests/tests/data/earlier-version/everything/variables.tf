variable "deletion_protection" {
  description = "Whether plans that destroy or replace the Supervisor or a namespace are errors"
  type        = bool
  default     = false
}
