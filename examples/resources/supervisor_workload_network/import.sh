# The vSphere cluster and the network's name.
terraform import supervisor_workload_network.banking domain-c58/banking
