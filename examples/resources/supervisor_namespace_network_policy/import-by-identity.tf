import {
  to = supervisor_namespace_network_policy.banking
  identity = {
    path = "/infra/domains/default/security-policies/banking-web-wc3ngnd6jp-isolation"
  }
}
