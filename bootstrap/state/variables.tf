variable "account_id" {
  description = "ID of the account of the state bucket. Terraform refuses the credentials of another account."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits in quotes."
  }
}

variable "region" {
  description = "Region of the bucket: state.region of the topology."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region such as us-east-1."
  }
}

variable "bucket" {
  description = "Name of the bucket: state.bucket of the topology, without state.manage."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket must be a bucket name."
  }
}

variable "delete_states" {
  description = "Whether terraform destroy deletes the states in the bucket as well. Apply it before you destroy."
  type        = bool
  default     = false
}

variable "accounts" {
  description = <<-END
    Accounts that have stacks, by a name of your choice: ID, the states that its stacks write, and those that they
    read, each as <keyPrefix>/<stack id>. One may end with *. The role of each is TerraformState-<name>.
  END
  type = map(object({
    id     = string
    writes = list(string)
    reads  = optional(list(string), [])
  }))

  validation {
    condition     = length(var.accounts) > 0 && alltrue([for name, _ in var.accounts : name != "read" && can(regex("^[A-Za-z0-9-]{1,40}$", name))])
    error_message = "accounts must have names of at most 40 letters, digits and hyphens, other than read."
  }
  validation {
    condition     = alltrue([for account in var.accounts : can(regex("^[0-9]{12}$", account.id))])
    error_message = "The id of an account must be 12 digits in quotes."
  }
  validation {
    condition = alltrue([
      for state in flatten([for account in var.accounts : concat(account.writes, account.reads)]) :
      can(regex("^[A-Za-z0-9_!.'()/-]+/[a-z0-9-]+[*]?$", state))
    ])
    error_message = "writes and reads must be states such as orders/producer-orders, without .tfstate."
  }
}

variable "administrators" {
  description = "ARNs of who may deploy by hand, with the roles of all states: an account's root, roles of people."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.administrators : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+)$", arn))])
    error_message = "administrators must be ARNs of IAM roles or users, or of an account's root, without *."
  }
  validation {
    condition     = length(var.administrators) > 0 || var.pipeline != null
    error_message = "Nobody could deploy: set pipeline, administrators or both."
  }
}

variable "pipeline" {
  description = <<-END
    Who may deploy and plan without stored keys: issuer and audience of the OIDC tokens, and the exact subjects (sub).
    The default issuer is GitHub Actions. create_provider is false where IAM has the issuer already.
    On GitHub a subject begins as gh api repos/<owner>/<repository>/actions/oidc/customization/sub has it under
    sub_claim_prefix: repo:octo-org/octo-repo, in newer repositories repo:octo-org@123456/octo-repo@456789.
  END
  type = object({
    issuer          = optional(string, "token.actions.githubusercontent.com")
    audience        = optional(string, "sts.amazonaws.com")
    deploy_subjects = list(string)
    read_subjects   = list(string)
    create_provider = optional(bool, true)
  })
  default = null

  validation {
    condition     = try(length(var.pipeline.deploy_subjects) > 0 && length(var.pipeline.read_subjects) > 0, var.pipeline == null)
    error_message = "pipeline must have deploy_subjects and read_subjects."
  }
  validation {
    # A pattern would let in every branch, or a repository with a similar name.
    condition = alltrue([
      for subject in try(concat(var.pipeline.deploy_subjects, var.pipeline.read_subjects), []) :
      can(regex("^[A-Za-z0-9_.:@/-]+$", subject))
    ])
    error_message = "A subject must be exact, such as repo:octo-org/octo-repo:environment:production, without * and ?."
  }
  validation {
    condition     = length(setintersection(try(var.pipeline.deploy_subjects, []), try(var.pipeline.read_subjects, []))) == 0
    error_message = "A subject that may deploy must not be one of read_subjects."
  }
  validation {
    condition     = !anytrue([for subject in try(var.pipeline.deploy_subjects, []) : endswith(subject, ":pull_request")])
    error_message = "A pull request must not deploy: its code is not reviewed yet. Use an environment with reviewers."
  }
}
