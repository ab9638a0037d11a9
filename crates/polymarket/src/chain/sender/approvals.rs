//! Leave that operations need and the account has not given yet.

use super::{ChainSender, SenderError};
use crate::chain::operation::{Allowance, ChainOperation, Grant, Requirement, requirements};

impl ChainSender {
    /// What must be approved before `operations` can be carried out, no more than they need. To be
    /// put before them in one batch; an account that pays its own gas sends each for itself.
    ///
    /// # Errors
    /// The node cannot be asked.
    pub async fn missing_approvals(
        &self,
        operations: &[ChainOperation],
    ) -> Result<Vec<ChainOperation>, SenderError> {
        let mut missing = vec![];
        for requirement in requirements(operations, self.contracts()) {
            let Some(approval) = requirement.approval() else { continue };
            if !self.rpc().meets(self.contracts(), self.account(), &requirement).await? {
                missing.push(approval);
            }
        }
        Ok(missing)
    }
}

impl Requirement {
    /// What gives leave; `None` where leave is not what is asked for.
    #[must_use]
    pub const fn approval(&self) -> Option<ChainOperation> {
        match *self {
            Self::Cash { .. } => None,
            Self::CashAllowance { cash, spender, amount } => {
                let allowance = Allowance::UpTo(amount);
                Some(ChainOperation::ApproveCash { cash, spender, allowance })
            }
            Self::ShareApproval { ledger, operator } => {
                Some(ChainOperation::ApproveShares { ledger, operator, grant: Grant::Given })
            }
        }
    }
}
