<#import "template.ftl" as mail>
<@mail.emailLayout heading=msg("emailUpdateConfirmationSubject")>
<@mail.paragraph text=msg("emailUpdateConfirmationHappened", newEmail)/>
<@mail.section text=msg("cqrsToDo")/>
<@mail.paragraph text=msg("emailUpdateConfirmationToDo")/>
<@mail.button text=msg("emailUpdateConfirmationButton") href=link/>
<@mail.paragraph text=msg("cqrsLinkLife", linkExpirationFormatter(linkExpiration))/>
<@mail.paragraph text=msg("emailUpdateConfirmationOtherwise")/>
</@mail.emailLayout>
