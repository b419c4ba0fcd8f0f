<#import "template.ftl" as mail>
<@mail.emailLayout heading=msg("emailVerificationSubject")>
<@mail.paragraph text=msg("emailVerificationHappened")/>
<@mail.section text=msg("cqrsToDo")/>
<@mail.paragraph text=msg("emailVerificationToDo")/>
<@mail.button text=msg("emailVerificationButton") href=link/>
<@mail.paragraph text=msg("cqrsLinkLife", linkExpirationFormatter(linkExpiration))/>
<@mail.paragraph text=msg("emailVerificationOtherwise")/>
</@mail.emailLayout>
