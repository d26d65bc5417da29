# The vSphere cluster and the network's name, which are its `id`.
terraform import supervisor_workload_network.banking domain-c58/banking
