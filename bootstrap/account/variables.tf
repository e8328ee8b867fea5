variable "account_id" {
  description = "AWS account ID. Terraform refuses the credentials of another account."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits in quotes."
  }
}

variable "region" {
  description = "Region of the account's stacks."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region such as us-east-1."
  }
}

variable "topologies" {
  description = "Names of the topologies (their key name) that have stacks here: the tag Topology of the keys that may be changed."
  type        = list(string)

  validation {
    condition     = length(var.topologies) > 0
    error_message = "topologies must have the name of a topology."
  }
}

variable "consumers" {
  description = <<-END
    Consumers of the account: name in the topology, role.name, function.name, and whether sink is s3. A name may
    end with *, for accounts with many, or for a consumer whose name is longer than 35 characters, which its
    bucket's name does not hold. Where role.existing is given exists is "role", and role its name with its path; with
    existingFunction it is "function". What exists is read, and not changed.
  END
  type = list(object({
    name     = string
    role     = string
    function = string
    lake     = optional(bool, false)
    exists   = optional(string, "none")
  }))
  default = []

  validation {
    condition     = alltrue([for consumer in var.consumers : can(regex("^[a-z][a-z0-9-]*[*]?$", consumer.name))])
    error_message = "The name of a consumer must begin with a letter, and have lower-case letters, digits and hyphens; it may end with *."
  }
  validation {
    condition = alltrue([
      for consumer in var.consumers :
      can(regex(consumer.exists == "none" ? "^[A-Za-z0-9_+=,.@-]+[*]?$" : "^[A-Za-z0-9_+=,.@/-]+$", consumer.role))
    ])
    error_message = "The role of a consumer must be a role name, without a path; it may end with *. Of a role that exists it is the name with its path."
  }
  validation {
    condition     = alltrue([for consumer in var.consumers : contains(["none", "role", "function"], consumer.exists)])
    error_message = "What exists must be none, role or function."
  }
  validation {
    # With such a name a deployer could change the role it deploys with.
    condition = alltrue([
      for consumer in var.consumers :
      !(endswith(consumer.role, "*") && anytrue([for own in local.own_roles : startswith(own, trimsuffix(consumer.role, "*"))])) &&
      !contains(local.own_roles, consumer.role)
    ])
    error_message = "The role of a consumer must not be, or match, one of the roles that this configuration creates."
  }
  validation {
    condition     = alltrue([for consumer in var.consumers : can(regex("^[A-Za-z0-9_-]+[*]?$", consumer.function))])
    error_message = "The function of a consumer must be a function name; it may end with *."
  }
}

variable "tables" {
  description = "Names of the tables that producers of the account create or read. One may end with *."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.tables : can(regex("^[A-Za-z0-9_.-]+[*]?$", name))])
    error_message = "A table must be a table name; it may end with *."
  }
}

variable "deployers" {
  description = "ARNs of who may assume TerraformDeploy: the role StreamPipelineDeploy of ../state, roles of people."
  type        = list(string)

  validation {
    condition     = length(var.deployers) > 0 && alltrue([for arn in var.deployers : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+)$", arn))])
    error_message = "deployers must be ARNs of IAM roles or users, or of an account's root, without *."
  }
}

variable "readers" {
  description = "ARNs of who may assume TerraformRead: the role StreamPipelineRead of ../state, roles of people."
  type        = list(string)

  validation {
    condition     = length(var.readers) > 0 && alltrue([for arn in var.readers : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+)$", arn))])
    error_message = "readers must be ARNs of IAM roles or users, or of an account's root, without *."
  }
}

variable "redrivers" {
  description = "ARNs of who may assume StreamRedrive. Without any there is no such role."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.redrivers : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+)$", arn))])
    error_message = "redrivers must be ARNs of IAM roles or users, or of an account's root, without *."
  }
}

variable "function_actions" {
  description = "Actions that functions may be granted in addition, on any resource: those of role.statements, and of the policies in role.managedPolicyArns."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for action in var.function_actions : can(regex("^[a-z0-9-]+:[A-Za-z]+[*]?$", action)) && !startswith(action, "iam:")])
    error_message = "function_actions must be actions such as sns:Publish, of another service than IAM."
  }
}
