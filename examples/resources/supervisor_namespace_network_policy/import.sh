# The namespace and the policy's name.
terraform import supervisor_namespace_network_policy.banking banking/web
