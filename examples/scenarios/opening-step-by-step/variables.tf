variable "step" {
  description = "How far banking is opened: 1 not at all, 2 trading may send, 3 banking listens"
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 3], var.step)
    error_message = "There are the steps 1, 2 and 3."
  }
}

variable "deletion_protection" {
  description = "Whether the Supervisor and the namespaces are kept from destruction"
  type        = bool
  default     = true
}
