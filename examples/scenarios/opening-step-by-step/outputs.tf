output "verdicts" {
  description = "Whether each sender reaches banking's API at port 8443"
  value = {
    for name, answer in local.answers :
    name => answer.allowed ? "allowed" : answer.denied ? "denied" : "differs or is in doubt"
  }
}

output "why" {
  description = "Which rules decide, at the sender and at the receiver"
  value       = { for name, answer in local.answers : name => answer.explanation }
}

output "banking_is_isolated" {
  description = "Whether everything that nobody asked for is dropped at banking"
  value       = data.supervisor_namespace_isolation.banking.isolated
}
